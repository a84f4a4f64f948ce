/** How a command says that its work failed. */
@org.jspecify.annotations.NullMarked
package io.matrixrtc.cli.failure;
