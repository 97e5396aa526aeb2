/** What names a task. */
package io.nsfl.taskmanager.ids;
