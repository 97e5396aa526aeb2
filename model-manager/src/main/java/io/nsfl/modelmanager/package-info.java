/** The model-manager: models in versions, from the moment they are announced until they are deleted. */
package io.nsfl.modelmanager;
