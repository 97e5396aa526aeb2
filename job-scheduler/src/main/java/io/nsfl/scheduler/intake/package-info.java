/** What users ask of jobs over REST: submit, list, get, update, start, stop, delete, follow. */
package io.nsfl.scheduler.intake;
