/** Which clients fit what a job asks for, and for each that does not, every condition that excludes it in words. */
package io.nsfl.sessions.matching;
