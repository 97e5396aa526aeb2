package io.nsfl.modelmanager.intake;

import io.nsfl.modelmanager.model.ModelName;
import io.nsfl.modelmanager.model.NewModel;
import io.nsfl.protocol.ids.NamespaceName;
import io.nsfl.protocol.job.NamespacePath;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/** Reads the request to create a version; all of its faults come out at once. */
final class ModelRequest {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,100}");
    private static final String NAME_RULE = "must have 1 to 100 letters, digits, underscores and dashes";
    /** As the API's document has it. */
    private static final Pattern FILE_NAME = Pattern.compile(
            "/?[^\\s./\\\\\\p{Cntrl}][^/\\\\\\p{Cntrl}]{0,199}(/[^\\s./\\\\\\p{Cntrl}][^/\\\\\\p{Cntrl}]{0,199}){0,7}",
            Pattern.UNICODE_CHARACTER_CLASS);

    private static final int LONGEST_TEXT = 10_000;
    private static final int LONGEST_FILE = 255;

    private final String namespace;
    private final String directory;
    private final Fields fields;

    private ModelRequest(String namespace, String directory, ObjectNode body) {
        this.namespace = namespace;
        this.directory = directory;
        this.fields = new Fields(body);
    }

    /** @param directory of all models, from which nothing may be copied @throws FaultException MODEL_REQUEST_INVALID */
    static NewModel read(String namespace, String directory, ObjectNode body) {
        return new ModelRequest(namespace, directory, body).read();
    }

    /** The namespace that a {@code model_path} names. */
    static String sourceNamespace(String modelPath) {
        return modelPath.substring(0, modelPath.indexOf(':'));
    }

    private NewModel read() {
        if (!NamespaceName.isOne(namespace)) {
            fields.violation("namespace in the path", namespace, NamespaceName.RULE);
        }
        String name = fields.required("name", LONGEST_TEXT, "what the model is called");
        checkName("name", name);
        String runtime = fields.required("runtime", 100, "for example tf, torch or dl4j");
        Optional<String> version = fields.text("version", LONGEST_TEXT);
        version.ifPresent(given -> checkName("version", given));
        Optional<String> description = fields.text("description", LONGEST_TEXT);
        Optional<String> modelPath = fields.text("model_path", LONGEST_TEXT);
        Optional<String> fileName = fields.text("file_name", LONGEST_TEXT);
        String file = file(modelPath, fileName);
        fields.raise("The model");
        return new NewModel(new ModelName(namespace, name), runtime, version, description, modelPath, fileName, file);
    }

    private void checkName(String field, String given) {
        if (!given.isEmpty() && !NAME.matcher(given).matches()) {
            fields.violation(field, NAME_RULE);
        }
    }

    private String file(Optional<String> modelPath, Optional<String> fileName) {
        if (modelPath.isPresent() && fileName.isPresent()) {
            fields.violation("file_name", "must not be given beside model_path: a model is copied or uploaded");
            return "";
        }
        if (modelPath.isPresent()) {
            return copied(modelPath.get());
        }
        if (fileName.isPresent()) {
            if (!FILE_NAME.matcher(fileName.get()).matches()) {
                fields.violation(
                        "file_name",
                        "must be a file's name of at most 200 characters, begin with neither a dot nor a space, and hold neither"
                                + " control characters nor backslashes; directories before it are left out");
            }
            return lastName("file_name", fileName.get());
        }
        if (fields.raw("model_path") == null && fields.raw("file_name") == null) {
            fields.violation(
                    "file_name",
                    "must be given, or model_path: the file to upload, or \"namespace:path\" to copy from");
        } else if (fields.raw("model_path") == null) {
            fields.violation("file_name", "must name a file");
        } else {
            fields.violation("model_path", "must name a file as \"namespace:path\"");
        }
        return "";
    }

    private String copied(String modelPath) {
        int colon = modelPath.indexOf(':');
        if (colon < 0 || !NamespaceName.isOne(modelPath.substring(0, colon))) {
            fields.violation("model_path", "must be \"namespace:path\"");
            return "";
        }
        if (sourceNamespace(modelPath).equals(directory)) {
            fields.violation("model_path", "must be below a namespace: " + directory + " is the store of all models");
        }
        String path = modelPath.substring(colon + 1);
        checkPath("model_path", path);
        if (path.replaceFirst("^/+", "").contains("//") || path.contains("/./") || path.endsWith("/")) {
            fields.violation("model_path", "must not hold empty names or \".\", nor end with /");
        }
        return lastName("model_path", path);
    }

    private void checkPath(String field, String path) {
        NamespacePath.refused(path).ifPresent(reason -> fields.violation(field, reason));
    }

    /** What the file is called below its version. */
    private String lastName(String field, String path) {
        String last = path.substring(path.lastIndexOf('/') + 1);
        boolean fine = !last.isBlank()
                && !last.equals(".")
                && !last.equals("..")
                && !last.startsWith(".nsfl-")
                && last.getBytes(StandardCharsets.UTF_8).length <= LONGEST_FILE;
        if (!fine) {
            fields.violation(
                    field,
                    "must end with a file's name of at most " + LONGEST_FILE + " bytes, not with ., .. or .nsfl-…");
        }
        return last;
    }
}
