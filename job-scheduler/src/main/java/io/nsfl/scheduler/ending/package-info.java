/** The end of a job: stopping its coordinator, cleaning up after it, deleting it. */
package io.nsfl.scheduler.ending;
