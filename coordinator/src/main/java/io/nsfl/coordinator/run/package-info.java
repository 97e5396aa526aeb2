/** One run of one job: from its start or resume through its rounds to its end. */
package io.nsfl.coordinator.run;
