/** What a run leaves behind: the journal it resumes from, and the files its user keeps. */
package io.nsfl.coordinator.checkpoint;
