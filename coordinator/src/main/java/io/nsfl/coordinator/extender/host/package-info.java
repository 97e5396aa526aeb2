/**
 * What runs in the process of a Java extender. Its classes are copied out of the coordinator and know nothing but the JDK; nothing in the
 * coordinator calls them.
 */
package io.nsfl.coordinator.extender.host;
