namespace hive::sim {}
