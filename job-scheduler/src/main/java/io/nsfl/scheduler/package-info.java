/** The job-scheduler: owns the jobs, their queue and states, and one coordinator per running job. */
package io.nsfl.scheduler;
