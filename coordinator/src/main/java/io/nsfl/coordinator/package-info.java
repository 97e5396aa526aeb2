/** The coordinator: one process plays one run of one job. Here it is put together from its parts. */
package io.nsfl.coordinator;
