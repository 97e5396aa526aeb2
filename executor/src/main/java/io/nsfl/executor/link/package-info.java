/** The executor's two ends towards its task-manager: what it is asked, and what it reports. */
package io.nsfl.executor.link;
