/** Which assignments are taken: resources, parallelism, runtimes, datasets, storage. */
package io.nsfl.taskmanager.queue;
