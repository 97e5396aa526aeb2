/**
 * DL4J models as ModelSerializer writes them: a zip with the configuration as JSON and all parameters in one vector. The vector is
 * cut into tensors by what the configuration says of each layer; nothing of DL4J or ND4J is needed.
 */
package io.nsfl.modelformats.dl4j;
