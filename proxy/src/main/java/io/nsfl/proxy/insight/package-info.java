/** How the proxy is: health and metrics. */
package io.nsfl.proxy.insight;
