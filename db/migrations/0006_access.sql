ALTER TABLE `nodes` ADD `route` text;--> statement-breakpoint
ALTER TABLE `nodes` ADD `certificate` text;--> statement-breakpoint
ALTER TABLE `nodes` ADD `change` text;--> statement-breakpoint
ALTER TABLE `nodes` ADD `exposure_checked_at` integer;--> statement-breakpoint
ALTER TABLE `nodes` ADD `note` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `nodes` ADD `tags` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `nodes` ADD `location` text DEFAULT '' NOT NULL;--> statement-breakpoint
CREATE INDEX `vms_by_uuid` ON `vms` (`uuid`);