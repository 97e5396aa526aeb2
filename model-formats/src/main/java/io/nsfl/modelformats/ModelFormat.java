package io.nsfl.modelformats;

/** The kinds of model file the platform reads and writes. */
public enum ModelFormat {
    KERAS_H5("h5"),
    PYTORCH("pth"),
    DL4J("zip"),
    SAFETENSORS("safetensors");

    private final String suffix;

    ModelFormat(String suffix) {
        this.suffix = suffix;
    }

    /** Suffix of files of this format that the platform names itself, without the dot. */
    public String suffix() {
        return suffix;
    }

    /** Whether tensors of two files belong together by their place in the order (Keras) and not by their names. */
    public boolean matchesByPosition() {
        return this == KERAS_H5;
    }
}
