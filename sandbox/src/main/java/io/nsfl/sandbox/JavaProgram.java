package io.nsfl.sandbox;

import java.nio.file.Path;
import java.util.List;

/**
 * What a Java script runs.
 *
 * @param classPath what is added to the SDK's class path
 */
public record JavaProgram(List<Path> classPath, String mainClass) {}
