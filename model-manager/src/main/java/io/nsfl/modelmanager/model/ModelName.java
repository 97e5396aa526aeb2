package io.nsfl.modelmanager.model;

/**
 * A model, whatever its versions.
 *
 * @param namespace whose it is
 * @param name unique in the namespace
 */
public record ModelName(String namespace, String name) {
    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
