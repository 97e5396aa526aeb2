/** Which of the clients that fit are taken: at random or by score, always the same for the same seed and the same clients. */
package io.nsfl.sessions.ranking;
