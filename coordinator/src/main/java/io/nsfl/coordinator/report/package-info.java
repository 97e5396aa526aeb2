/** What the outside learns of a run: heartbeats to the job-scheduler, lines for people, the control service. */
package io.nsfl.coordinator.report;
