/** The proxy: one door for clients. nginx carries their streams to the client-selector and to coordinators; this service keeps it running and decides about each stream. */
package io.nsfl.proxy;
