/** From queued to admitted, or pending with a reason; every job on its own, so that none waits behind another. */
package io.nsfl.scheduler.queue;
