/** The table from the job-scheduler: at the start, from time to time, and when a job is asked for that nobody knows. */
package io.nsfl.proxy.rebuild;
