package io.nsfl.modelmanager.model;

import java.util.Optional;

/**
 * What a user asks for when he creates a version; all of it checked.
 *
 * @param model which model
 * @param runtime any text
 * @param version empty = the next free one
 * @param description empty = none
 * @param modelPath {@code namespace:path} to copy from; empty = it is uploaded under {@code fileName}
 * @param fileName as the user gave it; empty = it is copied
 * @param file the name its file gets
 */
public record NewModel(
        ModelName model,
        String runtime,
        Optional<String> version,
        Optional<String> description,
        Optional<String> modelPath,
        Optional<String> fileName,
        String file) {}
