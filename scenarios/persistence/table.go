package persistence

import "github.com/holdfast/holdfast/helpers/result"

const (
	survives = result.Survives
	lost     = result.Lost
)

// table says what becomes of data that was written before the event, as the
// container that is there after the event sees it.
var table = []row{
	{event: stopAndStart, fates: fates{layer: is(survives), anonymous: is(survives), named: is(survives), bind: is(survives), tmpfs: purged}},
	{event: restart, fates: fates{layer: is(survives), anonymous: is(survives), named: is(survives), bind: is(survives), tmpfs: is(lost)}},
	{event: killAndStart, fates: fates{layer: is(survives), anonymous: is(survives), named: is(survives), bind: is(survives), tmpfs: purged}},
	{event: pauseAndUnpause, fates: fates{layer: is(survives), anonymous: is(survives), named: is(survives), bind: is(survives), tmpfs: is(survives)}},
	{event: replace, fates: fates{layer: vanishes, anonymous: is(lost), named: outlives, bind: is(survives), tmpfs: is(lost)}},
	{event: replaceWithVolumes, fates: fates{layer: is(lost), anonymous: is(lost), named: is(survives), bind: is(survives), tmpfs: is(lost)}},
	{event: removeSecondUser, fates: fates{layer: is(survives), anonymous: is(survives), named: is(survives), bind: is(survives), tmpfs: is(survives)}},
	{event: pruneInUse, fates: fates{layer: is(survives), anonymous: is(survives), named: is(survives), bind: is(survives), tmpfs: is(survives)}},
	{event: replaceAndPrune, fates: fates{layer: is(lost), anonymous: is(lost), named: namedAfterPrune, bind: is(survives), tmpfs: is(lost)}},
	{event: replaceAndPruneAll, fates: fates{layer: is(lost), anonymous: is(lost), named: is(lost), bind: is(survives), tmpfs: is(lost)}},
	{event: replaceAndPruneUnfiltered, fates: fates{layer: is(lost), anonymous: is(lost), named: namedAfterPrune, bind: is(survives), tmpfs: is(lost)}},
	{event: restartEngine, fates: fates{layer: is(survives), anonymous: is(survives), named: is(survives), bind: is(survives), tmpfs: tmpfsAfterEngine}},
	{event: crashEngine, fates: fates{layer: is(survives), anonymous: is(survives), named: is(survives), bind: is(survives), tmpfs: tmpfsAfterEngine}},

	{event: composeRestart, fates: fates{layer: is(survives), anonymous: is(survives), named: is(survives), bind: is(survives), tmpfs: is(lost)}},
	{event: composeStopAndStart, fates: fates{layer: is(survives), anonymous: is(survives), named: is(survives), bind: is(survives), tmpfs: is(lost)}},
	{event: composeKillAndUp, fates: fates{layer: is(survives), anonymous: is(survives), named: is(survives), bind: is(survives), tmpfs: is(lost)}},
	{event: composeDownAndUp, fates: fates{layer: is(lost), anonymous: is(lost), named: is(survives), bind: is(survives), tmpfs: is(lost)}},
	{event: composeDownVolumesAndUp, fates: fates{layer: is(lost), anonymous: is(lost), named: is(lost), bind: is(survives), tmpfs: is(lost)}},
	// A recreated container inherits the anonymous volumes of the one before it.
	{event: composeNewConfiguration, fates: fates{layer: is(lost), anonymous: is(survives), named: is(survives), bind: is(survives), tmpfs: is(lost)}},
	{event: composeRecreate, fates: fates{layer: is(lost), anonymous: is(survives), named: is(survives), bind: is(survives), tmpfs: is(lost)}},
	{event: composeRenew, fates: fates{layer: is(lost), anonymous: is(lost), named: is(survives), bind: is(survives), tmpfs: is(lost)}},
	// Unless it is told yes, Compose leaves a volume alone whose definition has changed.
	{event: composeNewVolume, fates: fates{layer: is(survives), anonymous: is(survives), named: is(survives), bind: is(survives), tmpfs: is(survives)}},
	{event: composeNewVolumeYes, fates: fates{layer: is(lost), anonymous: is(lost), named: is(lost), bind: is(survives), tmpfs: is(lost)}},
}

var (
	// The cells that the lesson itself speaks of.
	vanishes = is(lost).states("ephemeral/everything-inside-vanishes", "ephemeral/first-containers-data-gone")
	outlives = is(survives).states("volumes/survives-container-deletion", "mechanisms/volume-survives-deletion")
	purged   = is(lost).states("tmpfs/purged-when-the-container-stops", "mechanisms/tmpfs-purged")

	// Since API 1.42 (Docker 23.0) prune leaves named volumes alone unless it is told `all`.
	namedAfterPrune = is(survives).but("docker < 23.0 or podman < 6.0", lost)
	// Podman's containers do not end with its service.
	tmpfsAfterEngine = is(lost).but("podman", survives)
)
