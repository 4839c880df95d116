/** Shipped bundles whose classes are on the class path of the program, where a class cache has them. */
package hv.launcher.connect;
