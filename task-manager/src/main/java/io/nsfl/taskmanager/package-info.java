/** A client of the platform: takes tasks from the servers, has executors do them, delivers the results. */
package io.nsfl.taskmanager;
