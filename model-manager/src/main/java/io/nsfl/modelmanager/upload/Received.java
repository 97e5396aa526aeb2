package io.nsfl.modelmanager.upload;

import io.nsfl.modelmanager.model.ModelVersion;

/**
 * What came of a part.
 *
 * @param version as it is now
 * @param held how many bytes of the file are held: where the next part has to begin
 * @param continued false = the part did not begin there and nothing of it was taken
 */
public record Received(ModelVersion version, long held, boolean continued) {}
