/** REST for the bytes of models, in parts and ranges. */
package io.nsfl.modelmanager.content;
