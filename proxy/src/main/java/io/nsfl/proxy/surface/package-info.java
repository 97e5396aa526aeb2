/** Which of the three ports serves what. */
package io.nsfl.proxy.surface;
