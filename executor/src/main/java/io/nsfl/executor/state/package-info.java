/** What a task reads of its run's earlier rounds at this client, and what it wants kept for the next. */
package io.nsfl.executor.state;
