/**
 * Where it is decided: connecting, selecting, leasing, sending and expiring, each over the same registry and ledgers, all on the
 * sessions' own thread. What is decided is written before anybody learns of it ({@link io.nsfl.sessions.desk.Effects}).
 */
package io.nsfl.sessions.desk;
