/**
 * What clients get of a task: its description, its artifacts and orders, and who may ask for them. Never decides anything about a
 * round: that is the desk's.
 */
package io.nsfl.coordinator.broadcast;
