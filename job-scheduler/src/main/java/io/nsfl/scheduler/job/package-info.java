/** The job: its states, the moves between them, its document, its events and rounds, and the flow that moves it. */
package io.nsfl.scheduler.job;
