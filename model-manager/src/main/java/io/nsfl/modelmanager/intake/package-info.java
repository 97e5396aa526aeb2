/** REST for what is known of models: create, list, get, update, delete, health. */
package io.nsfl.modelmanager.intake;
