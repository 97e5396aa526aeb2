package io.nsfl.modelmanager.model;

/**
 * One version of a model.
 *
 * @param model which model
 * @param version unique among its versions
 */
public record ModelKey(ModelName model, String version) {
    public static ModelKey of(String namespace, String name, String version) {
        return new ModelKey(new ModelName(namespace, name), version);
    }

    @Override
    public String toString() {
        return model + "/" + version;
    }
}
