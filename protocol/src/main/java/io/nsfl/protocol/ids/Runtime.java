package io.nsfl.protocol.ids;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What runs a training script. Spellings are accepted in any case; {@code keras} is {@code tensorflow}, {@code torch} is {@code pytorch}. */
public enum Runtime {
    TENSORFLOW("tensorflow", List.of("tensorflow", "keras", "tf"), List.of(".h5")),
    PYTORCH("pytorch", List.of("pytorch", "torch"), List.of(".pth", ".pt", ".safetensors")),
    DL4J("dl4j", List.of("dl4j", "deeplearning4j"), List.of(".zip"));

    private final String canonicalName;
    private final List<String> spellings;
    private final List<String> modelSuffixes;

    Runtime(String canonicalName, List<String> spellings, List<String> modelSuffixes) {
        this.canonicalName = canonicalName;
        this.spellings = spellings;
        this.modelSuffixes = modelSuffixes;
    }

    /** The name on the wire and in what scripts see. */
    public String canonicalName() {
        return canonicalName;
    }

    /** Suffixes of model files this runtime's jobs may start from, the usual one first. */
    public List<String> modelSuffixes() {
        return modelSuffixes;
    }

    public static Optional<Runtime> of(String spelling) {
        String wanted = spelling.strip().toLowerCase(Locale.ROOT);
        for (Runtime runtime : values()) {
            if (runtime.spellings.contains(wanted)) {
                return Optional.of(runtime);
            }
        }
        return Optional.empty();
    }
}
