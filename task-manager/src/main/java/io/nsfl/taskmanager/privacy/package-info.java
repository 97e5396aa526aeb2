/** What the tasks of this client have cost its data in privacy, across all jobs, and what its owner allows. */
package io.nsfl.taskmanager.privacy;
