/** How much of the disk the workspaces may take, and which of them go first. */
package io.nsfl.taskmanager.quota;
