/** Where the jobs' coordinators are reached by clients that come through the proxy: told to the proxy, and told again until it knows. */
package io.nsfl.scheduler.route;
