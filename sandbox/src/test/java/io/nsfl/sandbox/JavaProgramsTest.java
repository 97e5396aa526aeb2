package io.nsfl.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The compiler runs in the service's own process: nothing of a script may run with it. */
class JavaProgramsTest {
    @TempDir
    Path directory;

    private Path scripts;
    private JavaPrograms programs;

    @BeforeEach
    void make() throws IOException {
        scripts = Files.createDirectories(directory.resolve("scripts"));
        programs = new JavaPrograms(directory.resolve("classes"), List.of());
        Files.writeString(scripts.resolve("Main.java"), "public class Main { Other other; }");
        Files.writeString(scripts.resolve("Other.java"), "class Other {}");
    }

    @Test
    void compilesWithTheFilesThatItUses() {
        JavaProgram program = programs.of(scripts, "Main.java");

        assertThat(program.mainClass()).isEqualTo("Main");
        assertThat(program.classPath().getFirst().resolve("Other.class")).isRegularFile();
    }

    @Test
    void saysWhatDoesNotCompile() throws IOException {
        Files.writeString(scripts.resolve("Other.java"), "class Other { int x = \"\"; }");

        assertThatThrownBy(() -> programs.of(scripts, "Main.java"))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("incompatible types");
    }

    @Test
    void readsNothingBesideTheScripts() throws IOException {
        Files.writeString(directory.resolve("Key.java"), "a secret");
        Files.writeString(scripts.resolve("key"), "a secret");

        for (String entry : List.of("../Key.java", "key")) {
            assertThatThrownBy(() -> programs.of(scripts, entry))
                    .isInstanceOf(FaultException.class)
                    .hasMessageContaining("is not a .java or .jar file in")
                    .hasMessageNotContaining("secret");
        }
    }

    @Test
    void runsNoPluginOfTheScript() throws IOException {
        shipped("com.sun.source.util.Plugin", """
                public class Shipped implements com.sun.source.util.Plugin {
                    public String getName() { return "Shipped"; }
                    public boolean autoStart() { return true; }
                    public void init(com.sun.source.util.JavacTask task, String... arguments) { %s }
                }
                """);

        programs.of(scripts, "Main.java");

        assertThat(directory.resolve("ran")).doesNotExist();
    }

    @Test
    void runsNoAnnotationProcessorOfTheScript() throws IOException {
        shipped("javax.annotation.processing.Processor", """
                import java.util.Set;
                import javax.annotation.processing.*;
                import javax.lang.model.element.TypeElement;
                @SupportedAnnotationTypes("*")
                public class Shipped extends AbstractProcessor {
                    public boolean process(Set<? extends TypeElement> types, RoundEnvironment round) { %s return false; }
                }
                """);

        programs.of(scripts, "Main.java");

        assertThat(directory.resolve("ran")).doesNotExist();
    }

    /** Compiled code that comes with the scripts and is named as a service of the compiler's. */
    private void shipped(String service, String source) throws IOException {
        Path file = Files.writeString(
                directory.resolve("Shipped.java"),
                source.formatted("new java.io.File(\"" + directory.resolve("ran") + "\").mkdir();"));
        int code = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", "-d", scripts.toString(), file.toString());
        assertThat(code).isZero();
        Files.writeString(
                Files.createDirectories(scripts.resolve("META-INF/services")).resolve(service), "Shipped\n");
    }
}
