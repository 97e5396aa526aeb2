/** What is done about a job in each of its states. */
package io.nsfl.scheduler.course;
