/** Calls of the platform's services to each other's REST. */
package io.nsfl.servicekit.rest;
