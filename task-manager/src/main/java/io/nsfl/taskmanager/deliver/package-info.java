/** Results to the coordinator until it has them, and its directives back. */
package io.nsfl.taskmanager.deliver;
