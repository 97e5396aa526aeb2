/** Takes up what a stop of the service interrupted. */
package io.nsfl.modelmanager.recovery;
