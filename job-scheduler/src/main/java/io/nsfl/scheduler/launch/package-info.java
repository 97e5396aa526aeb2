/** From admitted to launched: the coordinator's start configuration and its workload. */
package io.nsfl.scheduler.launch;
