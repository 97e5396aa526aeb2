/** A task's description and files from its coordinator, and the workspace made of them. */
package io.nsfl.taskmanager.fetch;
