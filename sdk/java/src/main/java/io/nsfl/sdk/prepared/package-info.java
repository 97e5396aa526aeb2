/** A JVM that is started before there is a task, so that a round pays neither the start of a JVM nor that of ND4J. */
package io.nsfl.sdk.prepared;
