/**
 * The client-selector: {@code ClientService} for the clients and {@code SelectionService} for the server side, over the sessions of module
 * client-sessions and a document store.
 */
package io.nsfl.selector;
