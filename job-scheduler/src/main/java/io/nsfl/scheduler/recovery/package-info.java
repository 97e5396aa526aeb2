/** At start: the store against what really runs. */
package io.nsfl.scheduler.recovery;
