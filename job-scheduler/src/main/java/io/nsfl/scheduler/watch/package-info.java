/** From launched to ended: heartbeats, the coordinator's workload, and what is done when one of them fails. */
package io.nsfl.scheduler.watch;
